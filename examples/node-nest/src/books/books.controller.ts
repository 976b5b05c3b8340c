import { Controller, Get, Param, ParseIntPipe } from '@nestjs/common';
import { type Book, BooksService } from './books.service.js';

@Controller('books')
export class BooksController {
  constructor(private readonly books: BooksService) {}

  @Get()
  all(): Book[] {
    return this.books.all();
  }

  @Get(':id')
  one(@Param('id', ParseIntPipe) id: number): Book {
    return this.books.one(id);
  }
}
