// Command calculator reads arithmetic expressions from standard input, one a
// line, and prints what each comes to.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	failed := false
	for lines.Scan() {
		if lines.Text() == "" {
			continue
		}
		value, err := Evaluate(lines.Text())
		if err != nil {
			fmt.Fprintln(os.Stderr, "calculator:", err)
			failed = true
			continue
		}
		fmt.Println(value)
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "calculator:", err)
		failed = true
	}
	if failed {
		os.Exit(1)
	}
}
