// A program that misbehaves as its argument says.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	switch mode := os.Args[1]; mode {
	case "silent":
		time.Sleep(time.Hour)
	case "loopback":
		serve("127.0.0.1:8080")
	case "other-port":
		serve(":3000")
	case "flood":
		flood(1 << 30)
		serve(":8080")
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		serve(":8080")
	case "fork":
		for {
			if exec.Command(os.Args[0], "silent").Start() != nil {
				break
			}
		}
		serve(":8080")
	case "variable":
		if os.Getenv("DATABASE_URL") == "" {
			fail("the environment variable DATABASE_URL is not set")
		}
		serve(":8080")
	case "write":
		if err := os.WriteFile("/app/data.db", nil, 0o644); err != nil {
			fail(err.Error())
		}
	case "home":
		if err := os.WriteFile("/root/data.db", nil, 0o644); err != nil {
			fail(err.Error())
		}
	case "database":
		if _, err := net.Dial("tcp", "127.0.0.1:5432"); err != nil {
			fail(err.Error())
		}
	case "hungry":
		var held [][]byte
		for {
			block := make([]byte, 16<<20)
			for i := range block {
				block[i] = 1
			}
			held = append(held, block)
			_ = held
		}
	case "in-use":
		if _, err := net.Listen("tcp", ":8080"); err != nil {
			fail(err.Error())
		}
		serve(":8080")
	}
}

func serve(address string) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	fail(http.ListenAndServe(address, handler).Error())
}

func flood(bytes int) {
	line := []byte(strings.Repeat("x", 1023) + "\n")
	for i := 0; i < bytes; i += len(line) {
		os.Stdout.Write(line)
	}
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, "fatal:", why)
	os.Exit(1)
}
