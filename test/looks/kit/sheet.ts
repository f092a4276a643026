import '../../../renderer/look/tokens.css';
import '../../../renderer/look/fonts.css';
import '../../../renderer/look/reset.css';
import '../../../renderer/look/type.css';
import { mount } from 'svelte';
import Sheet from './Sheet.svelte';

const target = document.getElementById('app');
if (target) mount(Sheet, { target });
