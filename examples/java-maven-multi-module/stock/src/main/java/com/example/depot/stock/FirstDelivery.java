package com.example.depot.stock;

import java.util.Map;

/** What the depot opens with. */
public final class FirstDelivery implements Delivery {

  @Override
  public Map<String, Integer> pieces() {
    return Map.of("bolt", 400, "nut", 380, "washer", 1200);
  }
}
