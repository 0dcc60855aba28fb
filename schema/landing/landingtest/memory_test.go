package landingtest

import "testing"

func TestMemoryKeepsTheContract(t *testing.T) { Contract(t, InMemory) }
