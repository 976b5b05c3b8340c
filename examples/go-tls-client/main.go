// Command lookout tells whether other sites answer over HTTPS.
package main

import (
	"crypto/x509"
	"encoding/json"
	"log"
	"net/http"
	"net/url"
	"time"
)

type result struct {
	URL     string `json:"url"`
	Status  int    `json:"status,omitempty"`
	Expires string `json:"expires,omitempty"`
	Error   string `json:"error,omitempty"`
}

var client = &http.Client{Timeout: 10 * time.Second}

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", health)
	mux.HandleFunc("GET /check", check)
	server := &http.Server{Addr: ":8080", Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Printf("listening on %s", server.Addr)
	log.Fatal(server.ListenAndServe())
}

// health tells whether there are any roots to check a certificate against.
func health(w http.ResponseWriter, r *http.Request) {
	pool, err := x509.SystemCertPool()
	roots := err == nil && !pool.Equal(x509.NewCertPool())
	answer(w, http.StatusOK, map[string]any{"status": "ok", "roots": roots})
}

func check(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query().Get("url")
	target, err := url.Parse(asked)
	if err != nil || target.Scheme != "https" || target.Host == "" {
		answer(w, http.StatusBadRequest, result{URL: asked, Error: "url must begin with https://"})
		return
	}
	request, err := http.NewRequestWithContext(r.Context(), http.MethodHead, target.String(), nil)
	if err != nil {
		answer(w, http.StatusBadRequest, result{URL: asked, Error: err.Error()})
		return
	}
	response, err := client.Do(request)
	if err != nil {
		answer(w, http.StatusBadGateway, result{URL: asked, Error: err.Error()})
		return
	}
	defer response.Body.Close()
	found := result{URL: asked, Status: response.StatusCode}
	if response.TLS != nil {
		found.Expires = response.TLS.PeerCertificates[0].NotAfter.Format(time.DateOnly)
	}
	answer(w, http.StatusOK, found)
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Print(err)
	}
}
