package com.example.depot.worker;

import com.example.depot.stock.Stock;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the stock every few seconds, and says how often it did. */
public final class Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final int PORT = 9090;

  private final AtomicLong rounds = new AtomicLong();

  public static void main(String[] args) throws IOException {
    Worker worker = new Worker();
    var timer = Executors.newSingleThreadScheduledExecutor();
    timer.scheduleAtFixedRate(worker::count, 0, 10, TimeUnit.SECONDS);
    HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 0);
    server.createContext("/", worker::answer);
    server.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      timer.shutdownNow();
      server.stop(0);
    }));
    LOG.info("listening on port {}", PORT);
  }

  private void count() {
    LOG.info("round {}: {} pieces", rounds.incrementAndGet(), Stock.delivered().total());
  }

  private void answer(HttpExchange exchange) throws IOException {
    String text = "{\"service\":\"worker\",\"rounds\":%d}".formatted(rounds.get());
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    try (exchange; var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
