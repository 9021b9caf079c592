import 'reflect-metadata';
import './support/servers.js';
