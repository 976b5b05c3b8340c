module example.com/calculator

go 1.27
