import { Inject, Injectable, RequestMethod, type OnModuleInit } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { DIALECTS, ROUTE_OWNER, type Dialect, type RouteOwner } from './dialect.js';

function join(...parts: readonly string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;
}

/** Owner of the prefix that a path stands under; `root` without one. */
export function ownerOfPath(url: string, dialects: readonly Dialect[]): RouteOwner {
  const [, first] = url.split(/[/?]/);
  return dialects.find(({ name }) => name === first)?.name ?? 'root';
}

/** Knows whose each route is, from the decorators of the controllers, so that errors speak the right dialect. */
@Injectable()
export class RouteOwners implements OnModuleInit {
  private readonly owners = new Map<string, RouteOwner>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    @Inject(DIALECTS) private readonly dialects: readonly Dialect[],
  ) {}

  onModuleInit(): void {
    for (const { metatype, instance } of this.discovery.getControllers()) {
      if (metatype === null) continue;
      const owner = this.reflector.get<RouteOwner | undefined>(ROUTE_OWNER, metatype) ?? 'root';
      const bases = [this.reflector.get<string | string[] | undefined>(PATH_METADATA, metatype) ?? ''].flat();
      const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name];
        if (handler === undefined) continue;
        const paths = this.reflector.get<string | string[] | undefined>(PATH_METADATA, handler);
        const method = this.reflector.get<RequestMethod | undefined>(METHOD_METADATA, handler);
        if (paths === undefined || method === undefined) continue;
        for (const base of bases) {
          for (const path of [paths].flat()) this.owners.set(`${RequestMethod[method]} ${join(base, path)}`, owner);
        }
      }
    }
  }

  /** The owner of the route a request reached, else of the prefix it was looking under. */
  ownerOf(request: FastifyRequest): RouteOwner {
    if (request.dialect !== undefined) return request.dialect;
    const route = request.routeOptions.url;
    const known = route === undefined ? undefined : this.owners.get(`${request.method} ${route}`);
    if (known !== undefined) return known;
    return ownerOfPath(request.url, this.dialects);
  }
}
