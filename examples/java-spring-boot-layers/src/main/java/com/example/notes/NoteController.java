package com.example.notes;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class NoteController {

  record Note(@NotBlank @Size(max = 200) String text) {}

  private final List<Note> notes = new CopyOnWriteArrayList<>(List.of(new Note("write things down")));

  @GetMapping("/notes")
  List<Note> all() {
    return notes;
  }

  @PostMapping("/notes")
  @ResponseStatus(HttpStatus.CREATED)
  Note add(@Valid @RequestBody Note note) {
    notes.add(note);
    return note;
  }
}
