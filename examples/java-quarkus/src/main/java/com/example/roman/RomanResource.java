package com.example.roman;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

@Path("/roman/{number}")
public class RomanResource {

  public record Answer(int number, String roman) {}

  @GET
  public Answer roman(int number) {
    if (number < 1 || number > 3999) {
      throw new BadRequestException("a number from 1 to 3999");
    }
    return new Answer(number, Numerals.of(number));
  }
}
