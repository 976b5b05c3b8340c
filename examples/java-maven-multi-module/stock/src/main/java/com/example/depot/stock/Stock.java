package com.example.depot.stock;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** How much there is of each article. */
public final class Stock {

  private final Map<String, Integer> pieces = new TreeMap<>();

  /** What every delivery on the class path brings. */
  public static Stock delivered() {
    Stock stock = new Stock();
    for (Delivery delivery : ServiceLoader.load(Delivery.class)) {
      delivery.pieces().forEach((article, count) -> stock.pieces.merge(article, count, Integer::sum));
    }
    return stock;
  }

  public Map<String, Integer> pieces() {
    return Map.copyOf(pieces);
  }

  public int total() {
    return pieces.values().stream().mapToInt(Integer::intValue).sum();
  }
}
