package com.example.quotes;

import java.time.LocalDate;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class QuoteController {

  record Quote(LocalDate day, String text) {}

  private static final List<String> TEXTS =
      List.of("Well begun is half done.", "Haste makes waste.", "Measure twice, cut once.");

  @GetMapping("/quote")
  Quote ofToday() {
    LocalDate day = LocalDate.now();
    return new Quote(day, TEXTS.get(day.getDayOfYear() % TEXTS.size()));
  }
}
