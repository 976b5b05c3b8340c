// Command worker delivers a parcel every few seconds and tells which are done.
package main

import (
	"log"
	"net/http"
	"sync"
	"time"

	"example.com/parcels/shared/parcel"
)

type round struct {
	mu      sync.Mutex
	parcels []parcel.Parcel
}

func main() {
	r := &round{parcels: []parcel.Parcel{parcel.New("Oslo"), parcel.New("Turin")}}
	go func() {
		for range time.Tick(5 * time.Second) {
			r.deliver()
		}
	}()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", r.report)
	server := &http.Server{Addr: ":8081", Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Printf("listening on %s", server.Addr)
	log.Fatal(server.ListenAndServe())
}

// deliver marks the first parcel that still waits.
func (r *round) deliver() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.parcels {
		if !r.parcels[i].Done {
			r.parcels[i].Done = true
			return
		}
	}
}

func (r *round) report(w http.ResponseWriter, _ *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	parcel.Report{Service: "worker", Parcels: r.parcels}.Write(w)
}
