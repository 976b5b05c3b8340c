package com.example.depot.stock;

import java.util.Map;

/** A source of articles; others may bring their own. */
public interface Delivery {

  Map<String, Integer> pieces();
}
