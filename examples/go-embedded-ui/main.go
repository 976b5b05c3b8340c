// Command notebook serves a page of notes, and the notes.
package main

import (
	"embed"
	"encoding/json"
	"io/fs"
	"log"
	"net/http"
	"time"
)

// What `npm run build` makes of the folder ui.
//
//go:embed all:ui/dist
var built embed.FS

type note struct {
	ID   int    `json:"id"`
	Text string `json:"text"`
}

var notes = []note{{1, "water the plants"}, {2, "buy stamps"}}

func main() {
	pages, err := fs.Sub(built, "ui/dist")
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(pages))
	mux.HandleFunc("GET /api/notes", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(notes); err != nil {
			log.Print(err)
		}
	})
	server := &http.Server{Addr: ":8080", Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Printf("listening on %s", server.Addr)
	log.Fatal(server.ListenAndServe())
}
