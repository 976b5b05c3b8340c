package com.example.calendar;

import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.serde.annotation.Serdeable;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.Locale;

@Controller("/days")
class DayController {

  @Serdeable
  record Day(LocalDate date, String weekday, boolean leapYear) {}

  @Get("/{date}")
  Day day(LocalDate date) {
    String weekday = date.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    return new Day(date, weekday, date.isLeapYear());
  }
}
