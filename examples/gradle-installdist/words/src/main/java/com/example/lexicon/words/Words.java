package com.example.lexicon.words;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Words, and what they mean. */
public final class Words {

  private final Map<String, String> meanings;

  private Words(Map<String, String> meanings) {
    this.meanings = meanings;
  }

  /** The words that come with this library, a line each. */
  public static Words read() throws IOException {
    var in = Words.class.getResourceAsStream("/words.txt");
    try (var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return new Words(
          lines
              .lines()
              .map(line -> line.split(": ", 2))
              .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1])));
    }
  }

  public Optional<String> meaning(String word) {
    return Optional.ofNullable(meanings.get(word));
  }
}
