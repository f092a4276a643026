import '../look/tokens.css';
import '../look/fonts.css';
import '../look/reset.css';
import '../look/type.css';
import '../look/print.css';
import { mount } from 'svelte';
import { connect } from '../link/client.ts';
import App from './App.svelte';
import { theme } from './theme.svelte.ts';

theme.apply();
const target = document.getElementById('app');
if (target) mount(App, { target, props: { client: connect() } });
