package main

import "testing"

func TestEvaluate(t *testing.T) {
	for text, want := range map[string]float64{
		"3 * 4":         12,
		"1 + 2 * 3":     7,
		"(1 + 2) * 3":   9,
		"-(2 - 5) / 2 ": 1.5,
	} {
		if got, err := Evaluate(text); err != nil || got != want {
			t.Errorf("Evaluate(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "1 +", "(1", "1 / 0", "2 2"} {
		if _, err := Evaluate(text); err == nil {
			t.Errorf("Evaluate(%q) gave no error", text)
		}
	}
}
