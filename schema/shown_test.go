package schema

import (
	"encoding/json"
	"testing"
)

func TestShownIsWhatATerminalMayShow(t *testing.T) {
	for text, want := range map[string]string{
		"CAFÉ 你好 #1":            "CAFÉ 你好 #1",
		"a\x1b[2Jb":             `a\u001b[2Jb`,
		"a\u009b31mb":           `a\u009b31mb`,
		"a\r\nb\tc\x7f":         `a\u000d\nb\tc\u007f`,
		"pay\u202eelpmaxe":      `pay\u202eelpmaxe`,
		"x\u2028y\u200bz":       `x\u2028y\u200bz`,
		"tag\U000E0041":         `tag\udb40\udc41`,
		"bad\xffbyte":           "bad\uFFFDbyte",
		`plain \u001b is plain`: `plain \u001b is plain`,
	} {
		shown := Shown(text)
		if shown != want || Shown(shown) != shown {
			t.Errorf("%q is shown as %s, want %s", text, shown, want)
		}
		var back string
		if err := json.Unmarshal([]byte(`"`+shown+`"`), &back); err != nil {
			t.Errorf("%s is no JSON: %v", shown, err)
		}
	}
}
