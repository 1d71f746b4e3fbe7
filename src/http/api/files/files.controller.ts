import { Get, Param, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiErrors } from '../../openapi/api-docs.js';
import { ServiceController } from '../../routing/dialect.js';
import { RootError } from '../../errors/service-error.schema.js';
import { ParleyError } from '../../../inference/errors.js';
import { Public } from '../../auth/access.js';
import { GeneratedFiles } from '../../../storage/files/generated-files.js';

/** Files that the service has made. No key is asked for: the name cannot be guessed, and expires. */
@ApiTags('files')
@ServiceController('files')
export class FilesController {
  constructor(private readonly files: GeneratedFiles) {}

  @Get(':id')
  @Public()
  @ApiOperation({ operationId: 'getFile', summary: 'A file that was made, until FILES_TTL is over' })
  @ApiOkResponse({
    description: 'The file',
    content: {
      'image/*': { schema: { type: 'string', format: 'binary' } },
      'audio/*': { schema: { type: 'string', format: 'binary' } },
    },
  })
  @ApiErrors(RootError, { 404: 'There is no such file, or no longer' })
  async show(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    const file = await this.files.open(id);
    if (file === null) {
      throw new ParleyError('job_not_found', 'There is no such file, or no longer: files are kept for FILES_TTL.');
    }
    void reply.headers({
      'Cache-Control': 'private, immutable',
      Expires: file.expiresAt.toUTCString(),
      'X-Content-Type-Options': 'nosniff',
    });
    return new StreamableFile(file.handle.createReadStream(), {
      type: file.contentType,
      length: file.bytes,
      disposition: `inline; filename="${id}"`,
    });
  }
}
