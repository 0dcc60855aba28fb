package draw

import (
	"encoding/binary"
	"hash/fnv"
)

// Of is the random number that belongs to a purpose and a number of one account. It is
// the same whenever and in whatever order it is asked for.
func Of(seed uint64, account int, purpose string, number int64) uint64 {
	hash := fnv.New64a()
	var words [24]byte
	binary.LittleEndian.PutUint64(words[0:], seed)
	binary.LittleEndian.PutUint64(words[8:], uint64(account))
	binary.LittleEndian.PutUint64(words[16:], uint64(number))
	_, _ = hash.Write(words[:])
	_, _ = hash.Write([]byte(purpose))
	return Mix(hash.Sum64())
}

// Mix spreads every bit over the whole word (the finaliser of SplitMix64).
func Mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// Between maps a draw to low..high, both included.
func Between(x uint64, low, high int64) int64 {
	return low + int64(x%uint64(high-low+1))
}

// Chance is true in about percent of all draws.
func Chance(x uint64, percent uint64) bool { return x%100 < percent }

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// ID is a Stripe-like id: a prefix and 24 characters that look random.
func ID(prefix string, seed uint64, account int, purpose string, number int64) string {
	id := make([]byte, 0, len(prefix)+24)
	id = append(id, prefix...)
	for part := range int64(3) {
		x := Of(seed, account, purpose, number*4+part)
		for range 8 {
			id = append(id, base62[x%62])
			x /= 62
		}
	}
	return string(id)
}
