import {el} from '../dom.js';
import {title} from '../widgets.js';
export async function reportPage(place) { title(place, 'Report'); }
