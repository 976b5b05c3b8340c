module example.com/notebook

go 1.27
