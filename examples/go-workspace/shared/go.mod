module example.com/parcels/shared

go 1.26

require github.com/google/uuid v1.6.0
