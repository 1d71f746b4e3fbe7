import { readFileSync } from 'node:fs';
import { plainToInstance, Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
  validateSync,
} from 'class-validator';
import { parse } from 'yaml';
import type { TaskKind } from '../tasks.js';
import { ENGINES, type EngineName } from './model-entry.js';

class HubEntry {
  @Matches(/^(?!\.+\/)[\w.-]+\/(?!\.+$)[\w.-]+$/)
  repo!: string;

  @Matches(/^(?!.*\.\.)[\w.-]+(?:\/[\w.-]+)*$/)
  file!: string;
}

class SamplingEntry {
  @IsOptional() @IsNumber() @Min(0) @Max(2) temperature?: number;
  @IsOptional() @IsNumber() @Min(0) @Max(1) topP?: number;
  @IsOptional() @IsInt() @Min(0) topK?: number;
  @IsOptional() @IsNumber() @Min(0) @Max(1) minP?: number;
  @IsOptional() @IsNumber() @Min(0) repeatPenalty?: number;
}

/** One model as config/models.yaml spells it. */
export class CatalogueEntry {
  @Matches(/^[^/\\\s]+$/)
  id!: string;

  @IsString()
  title!: string;

  @IsIn(ENGINES)
  engine!: EngineName;

  @ArrayNotEmpty()
  @IsIn(['text-generation'], { each: true })
  tasks!: TaskKind[];

  @IsOptional()
  @IsString()
  starter?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => HubEntry)
  hub?: HubEntry;

  @IsOptional()
  @IsBoolean()
  heavy?: boolean;

  @IsOptional()
  @IsString()
  params?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => SamplingEntry)
  sampling?: SamplingEntry;

  @IsOptional()
  @IsInt()
  @Min(64)
  context?: number;
}

class ModelsFile {
  @ValidateNested({ each: true })
  @Type(() => CatalogueEntry)
  @ArrayUnique((entry: CatalogueEntry) => entry.id)
  models!: CatalogueEntry[];
}

/** Reads a catalogue file. Throws an Error that names the file and the first field that is wrong. */
export function readModelsFile(path: string): readonly CatalogueEntry[] {
  const file = plainToInstance(ModelsFile, parsedYaml(path));
  const [problem] = validateSync(file, { whitelist: true, forbidNonWhitelisted: true });
  if (problem !== undefined) throw new Error(`${path}: ${problem.toString(false, false, '', true).trim()}`);
  return file.models;
}

function parsedYaml(path: string): object {
  try {
    const parsed: unknown = parse(readFileSync(path, 'utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  throw new Error(`${path}: a catalogue has one key, "models"`);
}
