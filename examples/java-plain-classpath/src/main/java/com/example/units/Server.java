package com.example.units;

import com.google.gson.Gson;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Answers `/LENGTH/FROM/TO`. */
final class Server {

  private final HttpServer http;
  private final Factors factors;
  private final Gson gson = new Gson();

  Server(int port, Factors factors) throws IOException {
    this.http = HttpServer.create(new InetSocketAddress(port), 0);
    this.factors = factors;
  }

  void start() {
    http.createContext("/", this::answer);
    http.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> http.stop(0)));
    System.out.println("listening on " + http.getAddress());
  }

  private void answer(HttpExchange exchange) throws IOException {
    try {
      String[] parts = exchange.getRequestURI().getPath().substring(1).split("/");
      if (parts.length != 3) {
        throw new IllegalArgumentException("ask for /LENGTH/FROM/TO");
      }
      double length = factors.convert(Double.parseDouble(parts[0]), parts[1], parts[2]);
      send(exchange, 200, Map.of("length", length, "unit", parts[2]));
    } catch (IllegalArgumentException e) {
      send(exchange, 400, Map.of("error", String.valueOf(e.getMessage())));
    }
  }

  private void send(HttpExchange exchange, int status, Object answer) throws IOException {
    byte[] body = gson.toJson(answer).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    try (exchange; var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
