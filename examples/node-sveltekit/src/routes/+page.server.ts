import { env } from '$env/dynamic/private';
import { tides } from '$lib/tides';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = () => ({
	harbour: env.HARBOUR_NAME ?? 'Brest',
	hours: tides(4.25, 3)
});
