import 'reflect-metadata';
import { readdir } from 'node:fs/promises';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigModule } from '../../src/config/config.module.js';
import { readSettings } from '../../src/config/settings.js';
import { HubModule } from '../../src/hub/hub.module.js';
import { ModelInstaller } from '../../src/hub/model-installer.js';
import { askerOf, GGUF, hubWorld, pullOf, REPO, someBytes } from '../support/hub-world.js';
import { errorOf } from './support/errors.js';

@Module({})
class AppModule {}

async function appWith(env: Record<string, string>): Promise<INestApplicationContext> {
  const imports = [ConfigModule.forRoot(readSettings(env)), HubModule];
  return NestFactory.createApplicationContext({ module: AppModule, imports }, { logger: false, abortOnError: false });
}

describe('the module', () => {
  it('makes an installer of the settings', async () => {
    const token = 'token-of-a-mirror';
    const { hub, modelsDir } = await hubWorld({ [REPO]: { 'model.gguf': someBytes(1000) } }, { token, prefix: '/hf' });
    hub.restrict(REPO, { private: true });
    const app = await appWith({
      HF_ENDPOINT: `${hub.url}/`,
      HF_TOKEN: token,
      EGRESS_ALLOW: '127.0.0.1',
      MODELS_DIR: modelsDir,
    });
    onTestFinished(() => app.close());
    const manifest = await app.get(ModelInstaller).install(pullOf(), askerOf());
    expect(manifest.revision).toBe(hub.commitOf(REPO));
    expect(hub.transfersOf(GGUF)).toHaveLength(1);
  });

  it('ends downloads when the service stops, and keeps what there is', async () => {
    const { hub, modelsDir } = await hubWorld({ [REPO]: { 'model.gguf': someBytes(1000) } });
    const app = await appWith({ HF_ENDPOINT: hub.url, EGRESS_ALLOW: '127.0.0.1', MODELS_DIR: modelsDir });
    const hold = hub.hold(GGUF, 500);
    const pull = errorOf(app.get(ModelInstaller).install(pullOf(), askerOf()));
    await hold.reached;
    await app.close();
    expect(await pull).toMatchObject({ code: 'overloaded', message: expect.stringContaining('stopping') as unknown });
    expect(await readdir(modelsDir, { recursive: true })).toContainEqual(expect.stringMatching(/\.partial$/));
  });

  it('stops the start when an entry of EGRESS_ALLOW is wrong', async () => {
    await expect(appWith({ EGRESS_ALLOW: 'https://mirror.lan' })).rejects.toThrow(
      'EGRESS_ALLOW has "https://mirror.lan"',
    );
  });
});
