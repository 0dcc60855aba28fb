package config

import (
	"fmt"
	"slices"
	"strings"
)

// LakeConfig is what the Parquet lake shows of texts that may name people, by personal field of the dictionary.
type LakeConfig struct {
	Descriptions string `yaml:"descriptions" jsonschema:"description=What banks write,enum=keep,enum=token,enum=drop"`
	Owners       string `yaml:"owners" jsonschema:"description=Names of accounts,enum=keep,enum=token,enum=drop"`
}

// TokenKeyConfig is where a key of tokens is; the key itself is never in the configuration.
type TokenKeyConfig struct {
	Version int    `yaml:"version" jsonschema:"description=In every token; the greatest makes new ones"`
	File    string `yaml:"file" jsonschema:"description=File of mode 0600 with the key"`
	Env     string `yaml:"env" jsonschema:"description=Or the environment variable with the key"`
}

const maxTokenVersion = 9999

var lakePolicies = []string{"keep", "token", "drop"}

// LakePolicy is what the lake shows, by personal field of the dictionary.
func (c Config) LakePolicy() map[string]string {
	return map[string]string{"descriptions": c.Privacy.Lake.Descriptions, "owners": c.Privacy.Lake.Owners}
}

// TokenKeyFile is the path of a key's file.
func (c Config) TokenKeyFile(key TokenKeyConfig) string { return c.resolve(key.File) }

func (c PrivacyConfig) checkLake() error {
	for _, field := range []struct{ key, policy string }{
		{"descriptions", c.Lake.Descriptions}, {"owners", c.Lake.Owners},
	} {
		switch {
		case !slices.Contains(lakePolicies, field.policy):
			return fmt.Errorf("privacy.lake.%s: %q is not keep, token or drop", field.key, field.policy)
		case field.policy == "token" && len(c.TokenKeys) == 0:
			return fmt.Errorf("privacy.lake.%s: token needs a key, and privacy.token_keys has none; make one: "+
				"(umask 077; openssl rand -base64 32 > token-1.key), and write "+
				"token_keys: [{version: 1, file: token-1.key}]", field.key)
		}
	}
	for i, key := range c.TokenKeys {
		at := fmt.Sprintf("privacy.token_keys[%d]", i)
		switch {
		case key.Version < 1 || key.Version > maxTokenVersion:
			return fmt.Errorf("%s.version: %d is not between 1 and %d", at, key.Version, maxTokenVersion)
		case (key.File == "") == (key.Env == ""):
			return fmt.Errorf("%s: name the file that has the key, or the environment variable (env): one of them", at)
		case strings.ContainsAny(key.Env, "=\x00 "):
			return fmt.Errorf("%s.env: %q is no name of an environment variable", at, key.Env)
		case slices.ContainsFunc(c.TokenKeys[:i], func(k TokenKeyConfig) bool { return k.Version == key.Version }):
			return fmt.Errorf("%s.version: %d is given twice; a new key has a version of its own", at, key.Version)
		}
	}
	return nil
}
