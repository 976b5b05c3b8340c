package com.example.depot.api;

import com.example.depot.stock.Stock;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class StockController {

  record Answer(String service, int total, Map<String, Integer> pieces) {}

  private final Stock stock = Stock.delivered();

  @GetMapping("/")
  Answer all() {
    return new Answer("api", stock.total(), stock.pieces());
  }
}
