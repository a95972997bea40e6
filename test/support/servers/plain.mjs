/** A server that behaves. @module */
import { serve } from './mini.mjs';

serve();
