import { error, json } from '@sveltejs/kit';
import { tides } from '$lib/tides';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = ({ url }) => {
	const first = Number(url.searchParams.get('first') ?? '4.25');
	if (!(first >= 0 && first < 24)) error(400, 'first is no hour of the day');
	return json({ hours: tides(first, 4) });
};
