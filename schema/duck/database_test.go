package duck

import "testing"

func TestLittleDataTakesOneThreadUnlessTheConfigurationSaysOtherwise(t *testing.T) {
	for _, test := range []struct {
		threads int
		bytes   int64
		want    int
	}{
		{0, 0, 1}, {0, smallData - 1, 1}, {0, smallData, 0}, {4, 0, 4}, {4, smallData, 4},
	} {
		if got := (Settings{Threads: test.threads}).For(test.bytes).Threads; got != test.want {
			t.Errorf("of %d bytes with threads %d: %d, want %d", test.bytes, test.threads, got, test.want)
		}
	}
}
