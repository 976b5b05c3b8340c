// Command api takes parcels and lists them.
package main

import (
	"log"
	"net/http"
	"sync"
	"time"

	"example.com/parcels/shared/parcel"
	"github.com/go-chi/chi/v5"
)

type store struct {
	mu      sync.Mutex
	parcels []parcel.Parcel
}

func main() {
	s := &store{parcels: []parcel.Parcel{parcel.New("Lisbon")}}
	router := chi.NewRouter()
	router.Get("/", s.list)
	router.Post("/parcels/{to}", s.add)

	server := &http.Server{Addr: ":8080", Handler: router, ReadHeaderTimeout: 5 * time.Second}
	log.Printf("listening on %s", server.Addr)
	log.Fatal(server.ListenAndServe())
}

func (s *store) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	parcel.Report{Service: "api", Parcels: s.parcels}.Write(w)
}

func (s *store) add(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.parcels = append(s.parcels, parcel.New(chi.URLParam(r, "to")))
	s.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
}
