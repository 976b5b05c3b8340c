/** Hours of high water, after each other by half a lunar day. */
export function tides(first: number, count: number): string[] {
	return Array.from({ length: count }, (_, index) => {
		const minutes = Math.round(first * 60 + index * 745) % 1440;
		const two = (number: number) => String(number).padStart(2, '0');
		return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
	});
}
