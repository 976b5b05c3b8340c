// Command shelf keeps a list of books in SQLite and tells how many there are.
package main

import (
	"database/sql"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"time"

	_ "github.com/mattn/go-sqlite3"
)

const schema = `
CREATE TABLE IF NOT EXISTS book (title TEXT PRIMARY KEY);
INSERT OR IGNORE INTO book VALUES ('Middlemarch'), ('Emma'), ('Dracula');
`

type shelf struct{ db *sql.DB }

func main() {
	path := os.Getenv("DB_PATH")
	if path == "" {
		path = ":memory:"
	}
	db, err := open(path)
	if err != nil {
		log.Fatalf("%s: %v", path, err)
	}
	defer db.Close()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", shelf{db}.count)
	mux.HandleFunc("POST /books/{title}", shelf{db}.add)
	server := &http.Server{Addr: ":8080", Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Printf("listening on %s", server.Addr)
	log.Fatal(server.ListenAndServe())
}

func open(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		return nil, err
	}
	// A database in memory belongs to its connection: there must be one only, for good.
	db.SetMaxOpenConns(1)
	_, err = db.Exec(schema)
	return db, err
}

func (s shelf) count(w http.ResponseWriter, r *http.Request) {
	var answer struct {
		Books  int    `json:"books"`
		SQLite string `json:"sqlite"`
	}
	row := s.db.QueryRowContext(r.Context(), "SELECT count(*), sqlite_version() FROM book")
	if err := row.Scan(&answer.Books, &answer.SQLite); err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		log.Print(err)
	}
}

func (s shelf) add(w http.ResponseWriter, r *http.Request) {
	_, err := s.db.ExecContext(r.Context(), "INSERT OR IGNORE INTO book VALUES (?)", r.PathValue("title"))
	if err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

func fail(w http.ResponseWriter, err error) {
	log.Print(err)
	http.Error(w, "the database does not answer", http.StatusInternalServerError)
}
