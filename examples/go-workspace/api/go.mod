module example.com/parcels/api

go 1.26

require (
	example.com/parcels/shared v0.0.0
	github.com/go-chi/chi/v5 v5.5.0
)

require github.com/google/uuid v1.6.0 // indirect

replace example.com/parcels/shared => ../shared
