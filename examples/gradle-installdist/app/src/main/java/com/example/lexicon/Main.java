package com.example.lexicon;

import com.example.lexicon.words.Words;
import com.google.gson.Gson;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Answers `/WORD` with what it means. */
public final class Main {

  private static final int PORT = 8080;

  private final Gson gson = new Gson();
  private final Words words;

  private Main(Words words) {
    this.words = words;
  }

  public static void main(String[] args) throws IOException {
    Main main = new Main(Words.read());
    HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 0);
    server.createContext("/", main::answer);
    server.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(0)));
    System.out.println("listening on port " + PORT);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String word = exchange.getRequestURI().getPath().substring(1);
    var meaning = words.meaning(word);
    var answer = Map.of("word", word, "meaning", meaning.orElse("unknown"));
    byte[] body = gson.toJson(answer).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(meaning.isPresent() ? 200 : 404, body.length);
    try (exchange; var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
