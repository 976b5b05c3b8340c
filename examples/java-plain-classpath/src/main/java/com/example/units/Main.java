package com.example.units;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves conversions of units over HTTP. */
@Command(name = "units", mixinStandardHelpOptions = true, version = "2.1.0")
public final class Main implements Callable<Integer> {

  @Option(names = "--port", defaultValue = "${env:PORT:-8080}", description = "where to listen")
  private int port;

  public static void main(String[] args) {
    int code = new CommandLine(new Main()).execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  @Override
  public Integer call() throws Exception {
    new Server(port, Factors.read()).start();
    return 0;
  }
}
