package com.example.units;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** What one of each unit is in metres. */
final class Factors {

  private final Properties metres;

  private Factors(Properties metres) {
    this.metres = metres;
  }

  static Factors read() throws IOException {
    Properties metres = new Properties();
    try (InputStream in = Factors.class.getResourceAsStream("/factors.properties")) {
      metres.load(in);
    }
    return new Factors(metres);
  }

  /** Converts a length. */
  double convert(double length, String from, String to) {
    return length * factor(from) / factor(to);
  }

  private double factor(String unit) {
    String factor = metres.getProperty(unit);
    if (factor == null) {
      throw new IllegalArgumentException("no unit `" + unit + "`");
    }
    return Double.parseDouble(factor);
  }
}
