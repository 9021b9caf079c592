import 'reflect-metadata';
import { hideServers } from './support/servers.js';

hideServers();
