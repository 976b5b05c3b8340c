// Command welcome shows a page with a greeting in the language asked for.
package main

import (
	"encoding/json"
	"html/template"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

type site struct {
	pages     *template.Template
	greetings map[string]string
}

func main() {
	s, err := load()
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.index)
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServer(http.Dir("./static"))))

	server := &http.Server{Addr: ":8080", Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Printf("listening on %s", server.Addr)
	log.Fatal(server.ListenAndServe())
}

func load() (*site, error) {
	pages, err := template.ParseGlob("templates/*.html")
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join("data", "greetings.json"))
	if err != nil {
		return nil, err
	}
	s := &site{pages: pages}
	return s, json.Unmarshal(text, &s.greetings)
}

func (s *site) index(w http.ResponseWriter, r *http.Request) {
	language := r.URL.Query().Get("lang")
	greeting, known := s.greetings[language]
	if !known {
		language, greeting = "en", s.greetings["en"]
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	page := map[string]any{"Language": language, "Greeting": greeting, "All": s.greetings}
	if err := s.pages.ExecuteTemplate(w, "index.html", page); err != nil {
		log.Print(err)
	}
}
