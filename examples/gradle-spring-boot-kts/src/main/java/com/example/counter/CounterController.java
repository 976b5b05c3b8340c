package com.example.counter;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class CounterController {

  record Count(String name, long count) {}

  private final Map<String, Long> counts = new ConcurrentHashMap<>();

  @GetMapping("/counters/{name}")
  Count read(@PathVariable("name") String name) {
    return new Count(name, counts.getOrDefault(name, 0L));
  }

  @PostMapping("/counters/{name}")
  Count increment(@PathVariable("name") String name) {
    return new Count(name, counts.merge(name, 1L, Long::sum));
  }
}
