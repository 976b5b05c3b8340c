// Package parcel holds what both services know about parcels.
package parcel

import (
	"encoding/json"
	"log"
	"net/http"

	"github.com/google/uuid"
)

// Parcel is one thing to deliver.
type Parcel struct {
	ID   string `json:"id"`
	To   string `json:"to"`
	Done bool   `json:"done"`
}

// New returns a parcel that is not delivered yet.
func New(to string) Parcel {
	return Parcel{ID: uuid.NewString(), To: to}
}

// Report is what a service tells about itself.
type Report struct {
	Service string   `json:"service"`
	Parcels []Parcel `json:"parcels"`
}

// Write answers a request with the report.
func (r Report) Write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(r); err != nil {
		log.Print(err)
	}
}
