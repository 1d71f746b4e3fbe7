import { Injectable } from '@nestjs/common';
import { ParleyError } from '../../../inference/errors.js';
import { ResponsesService, type RunningResponse } from '../../../domains/responses/responses.service.js';
import { callerOf, type Client } from '../../../http/request/client.js';
import { eventsAnswer } from '../../../http/responses/event-answers.js';
import { wholeAnswer, type Answer } from '../../../http/responses/text-stream.js';
import { narrowedHeaders } from '../schema-header.js';
import type { OpenAiResponse, OpenAiResponseDeleted, OpenAiResponseItemList } from './openai-response.schema.js';
import { SUCCESS, toItemList, toResponseRequest, toWireResponse } from './openai-responses.codec.js';
import type { OpenAiInputItemsQuery, OpenAiResponseQuery, OpenAiResponseRequest } from './openai-responses.schema.js';
import { toResponseEvents } from './openai-responses.stream.js';
import { wrong } from './wrong-field.js';

@Injectable()
export class OpenAiResponses {
  constructor(private readonly responses: ResponsesService) {}

  async create(body: OpenAiResponseRequest, client: Client): Promise<Answer<OpenAiResponse>> {
    const request = toResponseRequest(body);
    const running = await this.responses.create(request, callerOf(client, 'openai'), client.signal);
    const headers = narrowedHeaders(running.narrowed);
    if (body.stream === true) return eventsAnswer(toResponseEvents(running), headers);
    return wholeAnswer(await whole(running), headers);
  }

  async retrieve(id: string, { stream }: OpenAiResponseQuery, client: Client): Promise<OpenAiResponse> {
    const response = await this.responses.find(id, callerOf(client, 'openai'));
    if (stream === 'true')
      throw wrong('stream', 'is for responses that run in the background, of which there are none');
    return toWireResponse(response);
  }

  async inputItems(id: string, query: OpenAiInputItemsQuery, client: Client): Promise<OpenAiResponseItemList> {
    return toItemList(await this.responses.inputOf(id, callerOf(client, 'openai')), query);
  }

  async remove(id: string, client: Client): Promise<OpenAiResponseDeleted> {
    await this.responses.remove(id, callerOf(client, 'openai'));
    return { id, object: 'response', deleted: true, ...SUCCESS };
  }

  /** Never succeeds: no response runs in the background. */
  async cancel(id: string, client: Client): Promise<never> {
    await this.responses.find(id, callerOf(client, 'openai'));
    throw new ParleyError('invalid_request', 'Only a response that runs in the background can be cancelled.');
  }
}

async function whole({ events }: RunningResponse): Promise<OpenAiResponse> {
  for await (const event of events) {
    if (event.type === 'finished') return toWireResponse(event.response);
  }
  throw new Error('a response ended without its finish');
}
