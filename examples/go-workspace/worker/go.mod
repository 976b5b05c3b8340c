module example.com/parcels/worker

go 1.26

require example.com/parcels/shared v0.0.0

require github.com/google/uuid v1.6.0 // indirect

replace example.com/parcels/shared => ../shared
