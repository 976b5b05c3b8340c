package main

import (
	"errors"
	"fmt"
	"strconv"
)

// Evaluate returns the value of an expression of numbers, + - * / and
// parentheses.
func Evaluate(text string) (float64, error) {
	p := parser{text: text}
	value, err := p.sum()
	if err != nil {
		return 0, err
	}
	if p.peek() != 0 {
		return 0, fmt.Errorf("unexpected %q at column %d", p.peek(), p.at+1)
	}
	return value, nil
}

type parser struct {
	text string
	at   int
}

// peek returns the next byte that is not a blank, or 0 at the end.
func (p *parser) peek() byte {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t') {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) sum() (float64, error) {
	left, err := p.product()
	for err == nil && (p.peek() == '+' || p.peek() == '-') {
		operator := p.peek()
		p.at++
		var right float64
		right, err = p.product()
		if operator == '-' {
			right = -right
		}
		left += right
	}
	return left, err
}

func (p *parser) product() (float64, error) {
	left, err := p.factor()
	for err == nil && (p.peek() == '*' || p.peek() == '/') {
		operator := p.peek()
		p.at++
		var right float64
		right, err = p.factor()
		if err != nil {
			return 0, err
		}
		if operator == '*' {
			left *= right
			continue
		}
		if right == 0 {
			return 0, errors.New("division by zero")
		}
		left /= right
	}
	return left, err
}

func (p *parser) factor() (float64, error) {
	switch p.peek() {
	case '-':
		p.at++
		value, err := p.factor()
		return -value, err
	case '(':
		p.at++
		value, err := p.sum()
		if err != nil {
			return 0, err
		}
		if p.peek() != ')' {
			return 0, errors.New("missing )")
		}
		p.at++
		return value, nil
	}
	return p.number()
}

func (p *parser) number() (float64, error) {
	start := p.at
	for p.at < len(p.text) && (p.text[p.at] == '.' || p.text[p.at] >= '0' && p.text[p.at] <= '9') {
		p.at++
	}
	if start == p.at {
		return 0, fmt.Errorf("expected a number at column %d", start+1)
	}
	return strconv.ParseFloat(p.text[start:p.at], 64)
}
