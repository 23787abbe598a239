/** On every page: htmx and the small behaviours that markup asks for by `data-*` attributes. */
import { startCopy } from "./core/copy.ts";
import { startDialogs } from "./core/dialogs.ts";
import { startHtmx } from "./core/htmx.ts";
import { startShortcuts } from "./core/shortcuts.ts";
import { startTheme } from "./core/theme.ts";

startHtmx();
startTheme();
startDialogs();
startCopy();
startShortcuts();
