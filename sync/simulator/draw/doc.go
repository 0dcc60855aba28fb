// Package draw is the random numbers of the simulator. A draw is a hash of seed, account, purpose and number (FNV-1a,
// finished by SplitMix64): it is the same whenever and in whatever order it is asked for. Changing one changes every
// world. It imports nothing of ours.
package draw
