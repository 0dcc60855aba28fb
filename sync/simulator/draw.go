package simulator

import (
	"encoding/binary"
	"hash/fnv"
)

// draw is the random number that belongs to a purpose and a number of one account. It is
// the same whenever and in whatever order it is asked for.
func draw(seed uint64, account int, purpose string, number int64) uint64 {
	hash := fnv.New64a()
	var words [24]byte
	binary.LittleEndian.PutUint64(words[0:], seed)
	binary.LittleEndian.PutUint64(words[8:], uint64(account))
	binary.LittleEndian.PutUint64(words[16:], uint64(number))
	_, _ = hash.Write(words[:])
	_, _ = hash.Write([]byte(purpose))
	return mix(hash.Sum64())
}

// mix spreads every bit over the whole word (the finaliser of SplitMix64).
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// between maps a draw to low..high, both included.
func between(x uint64, low, high int64) int64 {
	return low + int64(x%uint64(high-low+1))
}

// chance is true in about percent of all draws.
func chance(x uint64, percent uint64) bool { return x%100 < percent }

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// identifier is a Stripe-like id: a prefix and 24 characters that look random.
func identifier(prefix string, seed uint64, account int, purpose string, number int64) string {
	id := make([]byte, 0, len(prefix)+24)
	id = append(id, prefix...)
	for part := range int64(3) {
		x := draw(seed, account, purpose, number*4+part)
		for range 8 {
			id = append(id, base62[x%62])
			x /= 62
		}
	}
	return string(id)
}
