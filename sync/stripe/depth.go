package stripe

import "encoding/json"

// depthOfDecoder is as deep as encoding/json goes. It refuses what is deeper, with all there is around it.
const depthOfDecoder = 10_000

// isTooDeep reports whether an answer is JSON but for values that are nested too deep for encoding/json. Who reads
// the answer may refuse that part alone.
func isTooDeep(answer []byte) bool {
	shallow, depth := make([]byte, 0, len(answer)), 0
	isDeep := false
	for i := 0; i < len(answer); i++ {
		end := i + 1
		switch answer[i] {
		case '"':
			end = endOfString(answer, i)
		case '{', '[':
			if depth++; depth == depthOfDecoder {
				shallow, isDeep = append(shallow, '0'), true
			}
		case '}', ']':
			depth--
			if depth == depthOfDecoder-1 {
				continue // it ends what became a 0
			}
		}
		if depth < depthOfDecoder {
			shallow = append(shallow, answer[i:end]...)
		}
		i = end - 1
	}
	return isDeep && json.Valid(shallow)
}

// endOfString is where the string that begins at start ends, after its last quote.
func endOfString(text []byte, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
